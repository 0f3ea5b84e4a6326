"""An article's text: furniture, sentences, passages, and which split it is drawn into."""
