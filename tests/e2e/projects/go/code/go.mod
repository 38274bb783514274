module example.org/app

go 1.24

require (
	github.com/BurntSushi/toml v1.4.0
	github.com/google/uuid v1.6.0
	github.com/mattn/go-runewidth v0.0.16
	github.com/pkg/errors v0.9.1
	github.com/rivo/uniseg v0.4.7
	github.com/spf13/pflag v1.0.6
)
