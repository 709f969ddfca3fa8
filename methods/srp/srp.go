package srp
