"""What the API's resources share: token sign-in, errors, paging, idempotency, ETags, OpenAPI. Each feature has its own api.py."""
