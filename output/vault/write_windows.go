package vault

func syncDirectory(string) error { return nil }
