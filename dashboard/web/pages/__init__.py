"""The pages, one module each; `dashboard.web.frame` draws what they share."""
