"""How things are made: building blocks and prices, named reactions, polymerisations, dye recipes, routes."""
