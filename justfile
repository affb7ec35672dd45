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

# N damaged documents for the reader, and a trial of what it takes. (Coverage-guided fuzzing needs a nightly compiler; this does not.)
fuzz n="20000":
    FORESHOCK_SWARM={{n}} cargo test --release --test mutated
