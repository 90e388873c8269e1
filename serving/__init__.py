"""The fleet of vLLM servers."""
