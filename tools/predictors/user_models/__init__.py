"""A chemist's own properties: trained from a table of measurements, kept in the home folder, used like the shipped ones.

``table`` reads the measurements, ``learn`` holds the learners, ``train`` measures, calibrates and writes, ``model`` predicts, and
``registry`` makes the models of a folder known to the property registry, in this process and in its workers.
"""
