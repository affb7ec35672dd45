//! Functions for the widest vectors that the processor has.
//!
//! In: a function that does the same to several numbers, none of which waits for another. Out: one that is called in the same way,
//! compiled for any processor, for those with 256-bit vectors and for those with 512-bit ones; which of them runs is decided while it
//! runs. All is done in integers, or in floats of which no product is fused with a sum: all give the same bits. Not here: what is
//! computed.

/// Declares such a function.
macro_rules! widest {
    ($(#[$about:meta])* $see:vis fn $name:ident($($given:ident: $kind:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$about])*
        $see fn $name($($given: $kind),*) $(-> $out)? {
            // Compiled for whatever processor its caller is.
            #[inline(always)]
            fn body($($given: $kind),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn wide($($given: $kind),*) $(-> $out)? {
                    body($($given),*)
                }

                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")]
                fn wider($($given: $kind),*) $(-> $out)? {
                    body($($given),*)
                }

                #[expect(unsafe_code, reason = "the processor has just said that it has what the function is compiled for")]
                // Safety: what the functions ask for is what `vectors` asks after, and nothing else.
                match $crate::widest::vectors() {
                    $crate::widest::Vectors::None => {}
                    $crate::widest::Vectors::Of256 => return unsafe { wide($($given),*) },
                    $crate::widest::Vectors::Of512 => return unsafe { wider($($given),*) },
                }
            }
            body($($given),*)
        }
    };
}

pub(crate) use widest;

/// The vectors that a processor has, with what came with them.
#[cfg(any(target_arch = "x86_64", test))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Vectors {
    /// None that every one has not.
    None,
    /// 256 bits.
    Of256,
    /// 512 bits.
    Of512,
}

/// The widest vectors of this processor.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn vectors() -> Vectors {
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    /// One more than the vectors; 0 as long as nobody has asked.
    static KNOWN: AtomicU8 = AtomicU8::new(0);

    #[cold]
    fn ask() -> Vectors {
        let scalars = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        let bits = is_x86_feature_detected!("lzcnt") && is_x86_feature_detected!("popcnt");
        let wide = scalars && bits && is_x86_feature_detected!("avx2");
        let first = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl");
        let more = is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512dq");
        let wider = wide && first && more && is_x86_feature_detected!("avx512cd");
        let found = if wider {
            Vectors::Of512
        } else if wide {
            Vectors::Of256
        } else {
            Vectors::None
        };
        KNOWN.store(1 + found as u8, Relaxed);
        found
    }

    // Asked so often that a table would show.
    let found = match KNOWN.load(Relaxed) {
        3 => Vectors::Of512,
        2 => Vectors::Of256,
        1 => Vectors::None,
        _ => ask(),
    };
    #[cfg(test)]
    let found = found.min(tests::WIDEST.get());
    found
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Vectors;
    use std::cell::Cell;
    use std::fmt::Debug;

    thread_local! {
        pub(super) static WIDEST: Cell<Vectors> = const { Cell::new(Vectors::Of512) };
    }

    /// The same as on processors with narrower vectors, and without any.
    pub(crate) fn narrow<T: PartialEq + Debug>(work: impl Fn() -> T) -> T {
        let [none, some] = [Vectors::None, Vectors::Of256].map(|widest| {
            WIDEST.set(widest);
            work()
        });
        WIDEST.set(Vectors::Of512);
        assert_eq!(none, some);
        none
    }

    widest! {
        fn double(all: &mut [u32; 32]) {
            all.iter_mut().for_each(|n| *n = n.wrapping_mul(2));
        }
    }

    #[test]
    fn all_do_the_same() {
        let doubled = || {
            let mut all: [u32; 32] = std::array::from_fn(|i| u32::try_from(i * i).unwrap_or(0));
            double(&mut all);
            all
        };
        assert_eq!(doubled(), narrow(doubled));
        assert_eq!(doubled()[5], 50);
    }
}
