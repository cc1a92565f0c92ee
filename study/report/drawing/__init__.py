"""What the Matplotlib figures share: settings, style, axes and labels."""
