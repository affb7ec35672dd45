//! Functions for the widest vectors that the processor has.
//!
//! In: a function that does the same to several numbers, none of which waits for another. Out: one that is called in the same way,
//! compiled twice, for any processor and for those with 256-bit vectors; which of the two runs is decided while it runs. All is done
//! in integers, or in floats of which no product is fused with a sum: both give the same bits. Not here: what is computed.

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
                if $crate::widest::has_wide() {
                    #[expect(unsafe_code, reason = "the processor has just said that it has what the function is compiled for")]
                    // Safety: what the function asks for is what `has_wide` asks after, and nothing else.
                    return unsafe { wide($($given),*) };
                }
            }
            body($($given),*)
        }
    };
}

pub(crate) use widest;

/// Whether the processor has 256-bit vectors, and what came with them.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn has_wide() -> bool {
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    /// 0 as long as nobody has asked.
    static KNOWN: AtomicU8 = AtomicU8::new(0);
    const NO: u8 = 1;

    #[cold]
    fn ask() -> u8 {
        let first = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        let all = first && is_x86_feature_detected!("lzcnt") && is_x86_feature_detected!("popcnt");
        let found = if all { 2 } else { NO };
        KNOWN.store(found, Relaxed);
        found
    }

    #[cfg(test)]
    if tests::IS_NARROW.get() {
        return false;
    }
    let known = KNOWN.load(Relaxed);
    (if known == 0 { ask() } else { known }) > NO
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        pub(super) static IS_NARROW: Cell<bool> = const { Cell::new(false) };
    }

    /// The same as on a processor without wide vectors.
    pub(crate) fn narrow<T>(work: impl FnOnce() -> T) -> T {
        IS_NARROW.set(true);
        let done = work();
        IS_NARROW.set(false);
        done
    }

    widest! {
        fn double(all: &mut [u32; 32]) {
            all.iter_mut().for_each(|n| *n = n.wrapping_mul(2));
        }
    }

    #[test]
    fn both_do_the_same() {
        let given: [u32; 32] = std::array::from_fn(|i| u32::try_from(i * i).unwrap_or(0));
        let (mut wide, mut plain) = (given, given);
        double(&mut wide);
        narrow(|| double(&mut plain));
        assert_eq!(wide, plain);
        assert_eq!(wide[5], 50);
    }
}
