def section(page):
    page.text("not yet")
