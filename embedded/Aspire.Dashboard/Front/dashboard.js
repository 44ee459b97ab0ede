// The dashboard's one script: what is live on its pages.
