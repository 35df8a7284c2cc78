"""How a message is understood: Rasa graph components, and the parts of them that do not know Rasa."""
