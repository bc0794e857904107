"""Devices, precision, threads and memory."""
