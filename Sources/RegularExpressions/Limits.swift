// SPDX-License-Identifier: Apache-2.0

extension RegularExpression {
    /// How much a foreign pattern may ask for.
    public struct Limits: Hashable, Sendable {
        /// The most UTF-8 bytes of a pattern.
        public var patternLength: Int
        /// The deepest nesting of groups, repetitions and alternatives.
        public var nestingDepth: Int
        /// The most instructions of the compiled program; counted repetitions multiply what they repeat.
        public var programSize: Int
        /// The memory each of the caches of one search may keep, in bytes.
        public var cacheSize: Int

        /// What suits patterns of people: Go's depth, and far more than any pattern seen in charts and schemas.
        public static let standard = Limits()

        /// Limits that differ from the standard where named.
        public init(
            patternLength: Int = 1 << 17, nestingDepth: Int = 1000, programSize: Int = 100_000, cacheSize: Int = 1 << 20
        ) {
            self.patternLength = patternLength
            self.nestingDepth = nestingDepth
            self.programSize = programSize
            self.cacheSize = cacheSize
        }
    }
}
