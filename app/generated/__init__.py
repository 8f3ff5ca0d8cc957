"""The screens generated from the models; see docs/architecture.md, Generated screens."""
