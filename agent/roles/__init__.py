"""The model-backed forms of the roles. Each stands beside a built-in form that takes over wherever a model fails."""
