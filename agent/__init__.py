"""The reasoning roles: interpreter, researcher, proposer, critic, reporter, and the toolbox that a model may call."""
