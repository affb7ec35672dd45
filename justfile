# What people type. CI calls `.ci/run`; the recipes that CI shares call it too.

# Everything that CI runs.
ci:
    .ci/run

# Unit, property, snapshot and documentation tests.
test *args:
    cargo test {{args}}

# Every scenario runs, and every rule of the suite gives its answer by hand.
accept:
    .ci/run accept

# N random scenarios against the laws and the slow engine.
swarm n="1000":
    FORESHOCK_SWARM={{n}} cargo test --release --test swarm -- --nocapture

# One random scenario again, by the seed that the swarm printed.
repro seed:
    FORESHOCK_SEED={{seed}} cargo test --release --test swarm -- --nocapture

# All scenarios as a static site in target/gallery.
gallery:
    cargo run --release --quiet -- gallery target/gallery

# Benchmarks, in full.
bench *args:
    cargo bench {{args}}

# The same model in other simulators, side by side.
peers *worlds:
    cargo run --release --example peers -- {{worlds}}

# Instructions of a trial of a reference world, by either engine; needs valgrind.
cost world="medium":
    cargo build --release --quiet --example cost
    for engine in event interval; do for trials in 1000 2000; do \
      valgrind --tool=callgrind --callgrind-out-file=/dev/null target/release/examples/cost {{world}} $trials $engine 2>&1 | grep -E "Collected|Ran"; done; done

# The same against what they were, as CI does.
cost-guard *args:
    .ci/cost {{args}}

# N random scenarios in both engines.
engines n="10000":
    FORESHOCK_SWARM={{n}} cargo test --release --test two_engines

# N damaged documents for the reader, and a trial of what it takes. (Coverage-guided fuzzing needs a nightly compiler; this does not.)
fuzz n="20000":
    FORESHOCK_SWARM={{n}} cargo test --release --test mutated
