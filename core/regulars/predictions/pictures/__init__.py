"""Pictures: how a model did when it was tested, drawn as SVG."""
