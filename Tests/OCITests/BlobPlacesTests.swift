// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import OCI

@Suite("What is known of a registry's blobs") struct BlobPlacesTests {
    private func place(_ repository: String, _ number: Int = 0) -> ContentPlace {
        ContentPlace(repository: repository, digest: Digest(of: Array("\(number)".utf8)))
    }

    @Test("a content is known by repository, digest, size and kind") func known() {
        let places = Guarded(BlobPlaces())
        #expect(places.isUnknown(place("a")))
        places.note(place("a"), size: 7)
        #expect(places.holds(place("a"), size: 7) && !places.isUnknown(place("a")))
        #expect(!places.holds(place("a"), size: 8) && !places.holds(place("b"), size: 7))
        let manifest = ContentPlace(repository: "a", digest: place("a").digest, isManifest: true)
        #expect(places.isUnknown(manifest))
        places.forget(place("a"))
        #expect(places.isUnknown(place("a")) && places.mountSource(of: place("b"), preferring: nil) == nil)
    }

    @Test("that something is not there is believed once") func absence() {
        let places = Guarded(BlobPlaces())
        places.note(place("a"), size: nil)
        #expect(!places.isUnknown(place("a")) && !places.holds(place("a"), size: 0))
        #expect(places.begin(place("a")))
        // Who comes meanwhile need not ask; who brings it knows soon.
        #expect(!places.isUnknown(place("a")) && !places.holds(place("a"), size: 0))
        places.forget(place("a"))
        #expect(places.isUnknown(place("a")) && !places.begin(place("a")))
        places.note(place("a"), size: 3)
        #expect(places.holds(place("a"), size: 3))
    }

    @Test("a mount comes from where the pusher says, else from where the blob was first seen") func sources() {
        let places = Guarded(BlobPlaces())
        #expect(places.mountSource(of: place("c"), preferring: nil) == nil)
        #expect(places.mountSource(of: place("c"), preferring: "x") == "x")
        #expect(places.mountSource(of: place("c"), preferring: "c") == nil)
        places.note(place("a"), size: 1)
        places.note(place("b"), size: 1)
        #expect(places.mountSource(of: place("c"), preferring: nil) == "a")
        #expect(places.mountSource(of: place("a"), preferring: nil) == nil)
        places.noteMount(from: "x", into: "c", succeeded: false)
        #expect(places.mountSource(of: place("c"), preferring: "x") == "a")
        // Manifests are no blobs.
        let manifest = ContentPlace(repository: "a", digest: place("a", 5).digest, isManifest: true)
        places.note(manifest, size: 1)
        #expect(places.mountSource(of: place("c", 5), preferring: nil) == nil)
    }

    @Test("a registry that never mounts is not asked for ever, one that once did is") func refusals() {
        let places = Guarded(BlobPlaces())
        places.note(place("a"), size: 1)
        for (number, into) in ["b", "b", "c", "d"].enumerated() {
            #expect(places.mayMount, "\(number)")
            places.noteMount(from: "a", into: into, succeeded: false)
        }
        #expect(!places.mayMount && places.mountSource(of: place("e"), preferring: "a") == nil)
        places.noteMount(from: "a", into: "f", succeeded: true)
        #expect(places.mayMount && places.mountSource(of: place("e"), preferring: nil) == "a")
        #expect(places.mountSource(of: place("b"), preferring: nil) == nil)
    }

    @Test("memory is bounded, and what was used last is kept") func bounded() {
        let places = Guarded(BlobPlaces(limit: 100))
        for number in 0..<10_000 {
            places.note(place("a", number), size: 1)
            #expect(places.count <= 100)
            #expect(places.holds(place("a", max(0, number - 20)), size: 1))
        }
        #expect(places.isUnknown(place("a", 9_000)))
        var table = BoundedTable<Int, Int>(limit: 10)
        for number in 0..<100 {
            table.set(number, to: number)
            // What is found again and again stays.
            let first = table.find(0)
            #expect(first == 0 && table.weight <= 10)
        }
    }
}

extension Guarded<BlobPlaces> {
    fileprivate func holds(_ place: ContentPlace, size: Int64) -> Bool { withLock { $0.holds(place, size: size) } }
    fileprivate func isUnknown(_ place: ContentPlace) -> Bool { withLock { $0.isUnknown(place) } }
    fileprivate func begin(_ place: ContentPlace) -> Bool { withLock { $0.begin(place) } }
    fileprivate func note(_ place: ContentPlace, size: Int64?) { withLock { $0.note(place, size: size) } }
    fileprivate func forget(_ place: ContentPlace) { withLock { $0.forget(place) } }
    fileprivate var mayMount: Bool { withLock { $0.mayMount } }
    fileprivate var count: Int { withLock { $0.count } }
    fileprivate func mountSource(of place: ContentPlace, preferring preferred: String?) -> String? {
        withLock { $0.mountSource(of: place, preferring: preferred) }
    }
    fileprivate func noteMount(from source: String, into repository: String, succeeded: Bool) {
        withLock { $0.noteMount(from: source, into: repository, succeeded: succeeded) }
    }
}
