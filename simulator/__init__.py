"""The local carrier of the demo: takes texts and calls as Twilio does and shows them instead of sending them."""

from simulator.carrier import CarrierStore, carrier_routes
from simulator.segments import Segments, count_segments

__all__ = ["CarrierStore", "Segments", "carrier_routes", "count_segments"]
