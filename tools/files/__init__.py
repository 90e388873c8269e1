"""Files of structures and rows as people bring them: the one reader for libraries, lists, inventories and tables of measurements.

source      bytes to lines of text: compression, encoding, line ends
dialect     which separator, which line is the heading, which column holds the structures
headings    what a heading means, whatever its spelling
sdf, xlsx   the two formats that are not lines of text
records     the records of a file, one after the other
numbers     decimal and thousands marks, decided for a column
quantities  a cell as a value with its qualifier, spread and unit
units       a measured number in another unit
"""
