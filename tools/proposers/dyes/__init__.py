"""Organic dyes assembled from real starting materials by the condensations that dye chemistry is known for."""
