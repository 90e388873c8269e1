"""Organic dyes from real starting materials: parts, recipes, routes."""
