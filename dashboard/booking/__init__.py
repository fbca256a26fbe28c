"""Bookings of stock by people: forms from the contracts, sending once, and their outcome."""
