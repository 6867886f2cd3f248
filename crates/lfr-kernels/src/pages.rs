//! Memory that stays with the program between training steps.
#![allow(unsafe_code, reason = "the allocator's settings are C functions; they take no pointers")]

/// Lets a program that trains keep the memory it frees, where the allocator is glibc's: a training step gives back and
/// takes again tens of megabytes, and each page that the system has to clear anew takes time. Call it once, before
/// there are other threads. The peak of memory stays as it is; what is freed stays with the program until it ends.
pub fn keep_pages() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Bytes that the heap grows by beyond what is asked for.
        const AHEAD: i32 = 64 << 20;
        // One heap for all threads: what one frees another takes, and no thread's own is too small for a large batch.
        let settings = [
            (libc::M_ARENA_MAX, 1),
            (libc::M_MMAP_MAX, 0),
            (libc::M_TRIM_THRESHOLD, i32::MAX),
            (libc::M_TOP_PAD, AHEAD),
        ];
        for (setting, value) in settings {
            // SAFETY: `mallopt` takes any pair of integers, and refuses those it does not know.
            unsafe { libc::mallopt(setting, value) };
        }
    }
}
