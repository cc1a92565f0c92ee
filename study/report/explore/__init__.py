"""The interactive page: the trials of a report to point at, zoom into and choose from, in one file without a network.

Figures are plotly's, made here; the script of the page draws them, and shows of them what the reader asks for. To
import a module of this package imports plotly, which takes a second: only what writes a page does so.
"""
