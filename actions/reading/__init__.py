"""Values read from what people say, in English and Spanish; each reader can say that there is none."""
