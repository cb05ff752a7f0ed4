"""One answer: text of a student in, display tree out, or a refusal with a caret under the place."""
