//! An allocator that counts, for gates on allocations and on heap memory.
#![allow(unsafe_code, reason = "GlobalAlloc is an unsafe trait; nothing but the benches uses it")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static CALLS: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static COPYING_PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator with counters. They mean something only while one thread allocates.
pub struct Counting;

// SAFETY: every call goes to `System` unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Relaxed);
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(live, Relaxed);
        COPYING_PEAK.fetch_max(live, Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Relaxed);
        let both = LIVE.fetch_add(size, Relaxed) + size;
        COPYING_PEAK.fetch_max(both, Relaxed);
        LIVE.fetch_sub(layout.size(), Relaxed);
        PEAK.fetch_max(both - layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Calls of alloc and realloc so far.
#[must_use]
pub fn calls() -> usize {
    CALLS.load(Relaxed)
}

/// Bytes on the heap now.
#[must_use]
pub fn live() -> usize {
    LIVE.load(Relaxed)
}

/// Most bytes on the heap since [`reset_peaks`], where a block that grows does so in place.
#[must_use]
pub fn peak() -> usize {
    PEAK.load(Relaxed)
}

/// As [`peak`], where a block that grows is copied, so that both are there for a moment.
#[must_use]
pub fn copying_peak() -> usize {
    COPYING_PEAK.load(Relaxed)
}

/// Begins a new measurement of the peaks at what is live now.
pub fn reset_peaks() {
    PEAK.store(live(), Relaxed);
    COPYING_PEAK.store(live(), Relaxed);
}
