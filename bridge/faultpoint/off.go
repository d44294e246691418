//go:build !faultpoints

package faultpoint

// Hit does nothing: this is no test build.
func Hit(string) {}
