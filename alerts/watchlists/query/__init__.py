"""The query language: text to conditions and back.  Pure; knows no files and no entities."""
