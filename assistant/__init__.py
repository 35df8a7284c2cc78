"""What Rasa is given: the words it understands, the rules it follows, the sentences it says."""
