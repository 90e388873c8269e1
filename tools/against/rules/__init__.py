"""Tables of rules by field; :mod:`tools.against.table` reads them."""
