"""Numbered migrations: append-only, each applied once, in order, when a store is opened.

A new one: change ``memory/sql/models.py``, then, against a scratch database (``MOLWRIGHT_HOME``), run
``alembic -c memory/sql/alembic.ini revision --autogenerate --rev-id 0002 -m "what changes"``, write ``CURRENT_TIMESTAMP``
where it proposes ``now()``, replace ``JsonText`` by ``sa.Text``, and set ``SCHEMA_HEAD``.
"""
