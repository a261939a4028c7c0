"""The demo district 安澜区(演示): invented places and people, a reconstructed storm, and a play of one flood night."""
