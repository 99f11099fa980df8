# SPDX-License-Identifier: AGPL-3.0-only
"""`keks-meet-server check`: what people get wrong in a set-up, and what to do. Probes gather facts, the rest judges."""
