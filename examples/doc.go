// Package examples holds bots and configurations to start from; its tests keep
// them and the README alike.
package examples
