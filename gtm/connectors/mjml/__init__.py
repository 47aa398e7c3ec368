"""MJML, compiled to HTML that mail clients show alike."""
