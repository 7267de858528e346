"""Bringing in what other systems know: contacts from CSV, spreadsheets and vCards, interactions and purchases from tables. Every import can be taken back."""
