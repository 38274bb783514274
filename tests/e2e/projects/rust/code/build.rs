// SPDX-License-Identifier: Apache-2.0

// The part in C.
fn main() {
    cc::Build::new().file("src/twice.c").compile("twice");
}
