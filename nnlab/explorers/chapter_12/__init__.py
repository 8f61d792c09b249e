"""The explorers of chapter 12, "Handwritten digits": training them, and a pad to draw them on."""
