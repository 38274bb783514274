// SPDX-License-Identifier: Apache-2.0

// Prints what five libraries make of one argument.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"example.org/app/internal/greet"
	"github.com/BurntSushi/toml"
	"github.com/google/uuid"
	"github.com/mattn/go-runewidth"
	"github.com/pkg/errors"
	"github.com/spf13/pflag"
)

func run(text string) error {
	var settings struct{ Name string }
	if _, err := toml.Decode(text, &settings); err != nil {
		return errors.Wrap(err, "settings")
	}
	id := uuid.NewSHA1(uuid.NameSpaceDNS, []byte(settings.Name))
	fmt.Println(greet.To(settings.Name), runewidth.StringWidth(settings.Name), id)
	return nil
}

// The modules that the linker has noted, one a line.
func modules() {
	info, _ := debug.ReadBuildInfo()
	fmt.Println("stdlib@" + strings.TrimPrefix(info.GoVersion, "go"))
	for _, m := range info.Deps {
		fmt.Println(m.Path + "@" + m.Version)
	}
}

func main() {
	text := pflag.String("text", `name = "world"`, "settings as TOML")
	parts := pflag.Bool("modules", false, "say what it was built from")
	pflag.Parse()
	if *parts {
		modules()
		return
	}
	if err := run(*text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
