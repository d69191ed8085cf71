// The peer's background does nothing; it is there so that Chrome tells the extension's id.
