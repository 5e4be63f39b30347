"""Places of the world with all their names: which there are, where they lie, what lies near.

The table comes from GeoNames and ships with the package; how it is made is `making`.
"""

from alerts.gazetteer.gazetteer import Gazetteer
from alerts.gazetteer.keys import name_key
from alerts.gazetteer.places import Place, Sort

__all__ = ["Gazetteer", "Place", "Sort", "name_key"]
