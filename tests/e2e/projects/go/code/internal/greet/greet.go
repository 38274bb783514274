// SPDX-License-Identifier: Apache-2.0

// Package greet knows how to say hello.
package greet

// To greets somebody.
func To(name string) string {
	return "hello " + name
}
