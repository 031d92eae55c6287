"""The report of a site's records: one HTML file with plots and the tables behind them."""
