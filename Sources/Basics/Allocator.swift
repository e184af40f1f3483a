// SPDX-License-Identifier: Apache-2.0

internal import CMalloc

/// How the C library keeps the memory of this process.
public enum Allocator {
    /// Lets all threads take memory from one place (mallopt(3), `M_ARENA_MAX`); to be called before they begin.
    ///
    /// By default each thread has a place of its own, and tasks wander between threads: what a plan of thousands of
    /// operations freed on one of them is of no use to the rest of the run on another. For programs that run once; small
    /// pieces come from what each thread keeps at hand, so that the few threads of one hardly ever wait for each other.
    public static func sharesOnePlace() { mallopt(M_ARENA_MAX, 1) }
}
