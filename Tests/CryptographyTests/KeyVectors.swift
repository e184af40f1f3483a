// SPDX-License-Identifier: Apache-2.0

/// Keys and signatures for tests only, made with the Python library `cryptography`.
enum KeyVector {
    /// What the signatures are over: SHA-256 of `sovereign`.
    static let digest = "sha256:21aef37bf4ee4959fdbe78951e41403222f6b902e0a6822daa7f0d49468714b8"

    static let rsaPKCS8 = """
        -----BEGIN PRIVATE KEY-----
        MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCnJ9w9mPgc11UQ
        5qfjWZXpszOLLH1DVw/V/mUab/Xd9wQBBkEiwFsbtvXS6Pl3DiKXocMS/W/8aU4p
        noglBg46nYeakRWUf0m7tr/GTQIYhHN4oZuIljQe+3u07tfYtv9vdfX9Eet33j9A
        1Y1KO21G0Wgn2VAj9VoQpFlg7KLeS5KqDdDhZDDKCkwq6jing8bvYivsD3S2hzeZ
        dGojI758Y0MsfjUeYwUhGlWe4roY6s7hRtKrbqK0NgOmuKaHdWevL41LeMBYoKvw
        ub0sh1wxrNMqPnvyORUm3EOFXtdO/TjETI6cOQKOCbqVSkG5NZNfx0qIrk3wmQ9o
        RLFLPe4VAgMBAAECggEAAev95sFm/OHm6vpT7NO/WwAB9DQvPoJ2PqYdoHewEnzA
        EYjyX8VpZsCsQ+AE2j8R279y4DmEu5i0WtslQpO2vyrHf9nyLxJllSBtRQjmoMSJ
        FVZ6VNAxSjfm/LYQSkAUYMIw8Vdu5yJphMPPy44yW/GVanvfpYIxJmbVVj1yQ+8C
        vVQDrHy6aOXndXzjxfdW7ALfrmZrCac/XZWTzqP6UlRF8LlnwdadfB5vTMpWJoox
        OWUn6qj3eCKW49C5O0YHz5GXwJiCSBSVcfU1NCeZqVcESXc7LMId/lSGhUfwkGDj
        kpUdAkxaZFpS735gldx5mzdWI3w2kaZGz4yuaV4a4QKBgQDbZjx1QIxndRUt48V6
        RnRs+GXC1pAUIlWq2yWc5QUlb7y2x67pc0PzI5T6MB3SJ5N5A0B3Y4DEKt9o5k5K
        UdqRg1Y4OgRrP9F0kdgAOWReEFsfO2f/18NzPII3fIoX13tr7HoUIZpg87bSHOxM
        bCTgjdQABWWWNhgJWYAPKdGb0QKBgQDDCnvpIfr8QEvNdGGjwgUG8ngDaAXEx70C
        he3XMPFBHst9Rp/oNZyqzB1sAPv3GoEI4nt2sXXk9QS3fiBHfFps/FEnelkGPryw
        /HkKdX8gdwuAd5SGo55REsZ6LbUIvofDK4HB2yenpfjG5ajYguUNTEdtkUOaYxJH
        hKnOc3dzBQKBgQClvf0sQsAOpAeE7E3RyonHjHsrjnW3kByRfw5SET0rA9dXaVA8
        scQCWL4BpvnQOe+ReqBn0LaE+zJdB6bbRCzOwp4Oyd1uu/5ahpbbzH+DA+4ikPlG
        8FOJqYthqWaVDkcBx9qNfLkoRtS0s/7a2NOfA+XEwk71BBZycbdpPRlJEQKBgA1F
        KlcbW8NL8Jxi/b2xlrv5RVcd/b58xIxmZl9M0i1XFgtJAdo/w5APYTUXAA24/OyI
        1FOoEVhpn0+IwlN6z4A4zqC7/1CgdiAonWerxOGFl/++oxliCoSDnYN0lquoov4R
        eLui2JjcfwexWoKYrVLxTK7Uwl+/u9+n1BHa41atAoGBAICrx/mQXy+s0SyRcV3B
        HPSXHHp3aibvB9VH1ZBSMVUa2D5Cu0sUCiKLwf8VrTLzGiIqhrdm4jCdkz/VMeRI
        LN45hXg/eTjHGiahzRfY14tAOaOL3YPpRK91pb57Atr45L4J8GK6MEHeAN28nYfI
        rjTt1LeKmgyyKRwcO3eWEr2B
        -----END PRIVATE KEY-----

        """

    static let rsaPKCS1 = """
        -----BEGIN RSA PRIVATE KEY-----
        MIIEpAIBAAKCAQEApyfcPZj4HNdVEOan41mV6bMziyx9Q1cP1f5lGm/13fcEAQZB
        IsBbG7b10uj5dw4il6HDEv1v/GlOKZ6IJQYOOp2HmpEVlH9Ju7a/xk0CGIRzeKGb
        iJY0Hvt7tO7X2Lb/b3X1/RHrd94/QNWNSjttRtFoJ9lQI/VaEKRZYOyi3kuSqg3Q
        4WQwygpMKuo4p4PG72Ir7A90toc3mXRqIyO+fGNDLH41HmMFIRpVnuK6GOrO4UbS
        q26itDYDprimh3Vnry+NS3jAWKCr8Lm9LIdcMazTKj578jkVJtxDhV7XTv04xEyO
        nDkCjgm6lUpBuTWTX8dKiK5N8JkPaESxSz3uFQIDAQABAoIBAAHr/ebBZvzh5ur6
        U+zTv1sAAfQ0Lz6Cdj6mHaB3sBJ8wBGI8l/FaWbArEPgBNo/Edu/cuA5hLuYtFrb
        JUKTtr8qx3/Z8i8SZZUgbUUI5qDEiRVWelTQMUo35vy2EEpAFGDCMPFXbuciaYTD
        z8uOMlvxlWp736WCMSZm1VY9ckPvAr1UA6x8umjl53V848X3VuwC365mawmnP12V
        k86j+lJURfC5Z8HWnXweb0zKViaKMTllJ+qo93giluPQuTtGB8+Rl8CYgkgUlXH1
        NTQnmalXBEl3OyzCHf5UhoVH8JBg45KVHQJMWmRaUu9+YJXceZs3ViN8NpGmRs+M
        rmleGuECgYEA22Y8dUCMZ3UVLePFekZ0bPhlwtaQFCJVqtslnOUFJW+8tseu6XND
        8yOU+jAd0ieTeQNAd2OAxCrfaOZOSlHakYNWODoEaz/RdJHYADlkXhBbHztn/9fD
        czyCN3yKF9d7a+x6FCGaYPO20hzsTGwk4I3UAAVlljYYCVmADynRm9ECgYEAwwp7
        6SH6/EBLzXRho8IFBvJ4A2gFxMe9AoXt1zDxQR7LfUaf6DWcqswdbAD79xqBCOJ7
        drF15PUEt34gR3xabPxRJ3pZBj68sPx5CnV/IHcLgHeUhqOeURLGei21CL6HwyuB
        wdsnp6X4xuWo2ILlDUxHbZFDmmMSR4SpznN3cwUCgYEApb39LELADqQHhOxN0cqJ
        x4x7K451t5AckX8OUhE9KwPXV2lQPLHEAli+Aab50DnvkXqgZ9C2hPsyXQem20Qs
        zsKeDsndbrv+WoaW28x/gwPuIpD5RvBTiamLYalmlQ5HAcfajXy5KEbUtLP+2tjT
        nwPlxMJO9QQWcnG3aT0ZSRECgYANRSpXG1vDS/CcYv29sZa7+UVXHf2+fMSMZmZf
        TNItVxYLSQHaP8OQD2E1FwANuPzsiNRTqBFYaZ9PiMJTes+AOM6gu/9QoHYgKJ1n
        q8ThhZf/vqMZYgqEg52DdJarqKL+EXi7otiY3H8HsVqCmK1S8Uyu1MJfv7vfp9QR
        2uNWrQKBgQCAq8f5kF8vrNEskXFdwRz0lxx6d2om7wfVR9WQUjFVGtg+QrtLFAoi
        i8H/Fa0y8xoiKoa3ZuIwnZM/1THkSCzeOYV4P3k4xxomoc0X2NeLQDmji92D6USv
        daW+ewLa+OS+CfBiujBB3gDdvJ2HyK407dS3ipoMsikcHDt3lhK9gQ==
        -----END RSA PRIVATE KEY-----

        """

    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApyfcPZj4HNdVEOan41mV
        6bMziyx9Q1cP1f5lGm/13fcEAQZBIsBbG7b10uj5dw4il6HDEv1v/GlOKZ6IJQYO
        Op2HmpEVlH9Ju7a/xk0CGIRzeKGbiJY0Hvt7tO7X2Lb/b3X1/RHrd94/QNWNSjtt
        RtFoJ9lQI/VaEKRZYOyi3kuSqg3Q4WQwygpMKuo4p4PG72Ir7A90toc3mXRqIyO+
        fGNDLH41HmMFIRpVnuK6GOrO4UbSq26itDYDprimh3Vnry+NS3jAWKCr8Lm9LIdc
        MazTKj578jkVJtxDhV7XTv04xEyOnDkCjgm6lUpBuTWTX8dKiK5N8JkPaESxSz3u
        FQIDAQAB
        -----END PUBLIC KEY-----

        """

    static let rsaPublicPKCS1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEApyfcPZj4HNdVEOan41mV6bMziyx9Q1cP1f5lGm/13fcEAQZBIsBb
        G7b10uj5dw4il6HDEv1v/GlOKZ6IJQYOOp2HmpEVlH9Ju7a/xk0CGIRzeKGbiJY0
        Hvt7tO7X2Lb/b3X1/RHrd94/QNWNSjttRtFoJ9lQI/VaEKRZYOyi3kuSqg3Q4WQw
        ygpMKuo4p4PG72Ir7A90toc3mXRqIyO+fGNDLH41HmMFIRpVnuK6GOrO4UbSq26i
        tDYDprimh3Vnry+NS3jAWKCr8Lm9LIdcMazTKj578jkVJtxDhV7XTv04xEyOnDkC
        jgm6lUpBuTWTX8dKiK5N8JkPaESxSz3uFQIDAQAB
        -----END RSA PUBLIC KEY-----

        """

    static let ecEncrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBCOzJC0DxvtNdRUpsJW
        wimpAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQijXDpemWaNR4W08Q
        jb+TqQSBkDXOJ0t8OJUbSwqavmWmTJXqHqtDOWEGrClN6viAht8r50rB1mzPj8mM
        IeTA8iJT+AQOjt7uZ34GZv03RFjroVAIBJvnUGZggP9EEDkNeYJE+qgLfwyi7R5Y
        B05sbm7zW7yBIdHNDK1ifgvsXBHf7kzDm7V+igsc4lWTxif6lSy4NK9sN05l+a74
        OwPaBQ8yJw==
        -----END ENCRYPTED PRIVATE KEY-----

        """

    static let ecEncryptedSEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,866CB8896CEAA07C80779AB58401EC8E

        wpM9ADhUUXJQY+SniVwju6XlDEsJZu1rwyg3uN8TqdAHLrl3xBpspnMEzChQrWBi
        k3wdjYz5/yv3KSwmiG5wzCTd7/mqCJ/kZhJLGCbc4At5wz/qL6yVfwcs23At5J7T
        JY9o6KnF9DjzmhVn3lk7Om4MZ86ezTOMvFdzz0uPeUY=
        -----END EC PRIVATE KEY-----

        """

    static let ecSEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIO/2H/tZZ3DwYTzcX/ZZnMZs6fX13og5CH/idmWcpuCwoAoGCCqGSM49
        AwEHoUQDQgAEGe0YWJXhtugS8TbZ/gzSPNs43lccoLXo3xrYeq1YxXO3YEc29ns4
        zieH/fxr56cGkx9/I6WGZEpqWbQSwPZTlw==
        -----END EC PRIVATE KEY-----

        """

    static let ecPublic = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEGe0YWJXhtugS8TbZ/gzSPNs43lcc
        oLXo3xrYeq1YxXO3YEc29ns4zieH/fxr56cGkx9/I6WGZEpqWbQSwPZTlw==
        -----END PUBLIC KEY-----

        """

    static let openSSH = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS1zaGEy
        LW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQQZ7RhYleG26BLxNtn+DNI82zjeVxygtejfGth6rVjF
        c7dgRzb2ezjOJ4f9/GvnpwaTH38jpYZkSmpZtBLA9lOXAAAAoO1L77/tS++/AAAAE2VjZHNhLXNo
        YTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBntGFiV4bboEvE22f4M0jzbON5XHKC16N8a2Hqt
        WMVzt2BHNvZ7OM4nh/38a+enBpMffyOlhmRKalm0EsD2U5cAAAAhAO/2H/tZZ3DwYTzcX/ZZnMZs
        6fX13og5CH/idmWcpuCwAAAAAAECAwQFBgc=
        -----END OPENSSH PRIVATE KEY-----

        """

    static let p521Public = """
        -----BEGIN PUBLIC KEY-----
        MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQArS8AyazihhogBV9enuF3gnvP13oh
        6f3B11103yR5YRtMO1Mlp+OfV9j1zOlpnTLdbYjp5FqU4TRbNXlQ8U1BdMIBnRpH
        VOnpajohsMOvv1gB8mLgZGhZb2DqdqDq8ltZaUXBS1yXMNzX9p95YahmAhxmRd9p
        jicNl5VIrFuXeRvo5iE=
        -----END PUBLIC KEY-----

        """

    static let rsa1024 = """
        -----BEGIN PRIVATE KEY-----
        MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBALgqIZrjKlX9905w
        k+GMbdtM49TGh1LM26Lew6L5zY2tfkb6nvghvfocSaCJLBPnIIjOC9iSfPbXFFDE
        hr0+KnYgghg6AP5xU8FBoJqSNYkOVvarRiag5mfDCI3YEtGxjJg4pwzRlrqr701/
        VIJRxkTnPQs8Pw+p7VaV0fUYxgCDAgMBAAECgYEAmmCu5OCSR51p5vYV8Nc/67pr
        rZxyKaWSY9gq1P5kIeSSWzuRcN0QHI4D5i+2pER2EFfwtC4v1Nd8ryve6tomyori
        F87wwUbNQqH4SfX/Zho5u0FX+ZTFQwGllp/qr32FecSYOo9gduSxDIHuuS3LG6io
        8gWeGGiSu1512yvXUtECQQDxjIEOfqAEzMt6cu8XlvbQs/Vr21jnMXmlOUvXKjh7
        ++IPBvp1FqYMEywF983Xb13CRkBBvGxL8jiSwqzbs3kJAkEAwy6+003qi0VFt56R
        3yBzd/l+pkThwAfsd58VKyAszP41Sd31ezCwWjRH5RfHt1TSjuAuEX846xTfZ9CM
        QqJMKwJBAKQjbBdjaG2alLKyo1IOXc3YW+9c8H66GgVyd9zQbe2ibizz+wHR0Cfo
        Z0Pu7kt0++tmPYft+FFrWZIxA7GPtbECQQCIirAWNGDLEyflf3m+pP4CRTizamaf
        JyvmtxRg+f49Xey7gxoTFwmX4REWlB80ApPWPcAcn2qbEhwDjSJCDzXHAkB/sbM0
        gveBRD8DZAyBdSHy/R1KTkFkiVIYOavl805Jp8/ehTrZleURrtyKCh4emyETqM1x
        AU7GKVhPkmp/DEPW
        -----END PRIVATE KEY-----

        """

    /// Private and public part are of two keys.
    static let mismatchedSEC1 = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIHLPPeAiZTEsBdBK1CH7VHEf3ehHy1wFQp8KcLnYxWGroAoGCCqGSM49
        AwEHoUQDQgAEND+jTTrt+ZRq4kUx5J8ZmzvLrlL3lbScSP7/R+ILv+A1T3IzBOYD
        Fg/ACDQCo/Lj5xfaOkqquC+rRIhSvGQp4Q==
        -----END EC PRIVATE KEY-----

        """

    /// P-256 spelled out in numbers.
    static let explicitCurvePublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA
        AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////
        ///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd
        NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5
        RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA
        //////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABPDQuxoFQbcKWAVeoY3HZlyM
        XrzEgw8EtTiEpT46yNM8g4JSteAx1widAL98uLUAvLWHNJQL5Ew77W0L6ccx0Ng=
        -----END PUBLIC KEY-----

        """

    /// The same point as in `ecPublic`, in compressed form.
    static let compressedPublic = """
        -----BEGIN PUBLIC KEY-----
        MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADGe0YWJXhtugS8TbZ/gzSPNs43lcc
        oLXo3xrYeq1YxXM=
        -----END PUBLIC KEY-----

        """
}

/// Signatures over `KeyVector.digest` in hexadecimal digits; RSA with `rsaPKCS8`, ECDSA with `ecSEC1`.
enum SignatureVector {
    static let pkcs1 =
        "9dbcce40d2c93ad0361942aaef768efa43ffb921954a7b49f961829f90725e88a5ef537793a7f138ad5f6018ae04adf9"
        + "b795e3af8281af55c643ad17d806330e663e721d4becc17ea4a61c2c19570a9f29dec7f18ac67853e70d441a7bc0b1f9"
        + "16a2ba893838385e107b0778e2909604bbad90510a626054fa2eaabba114352a585660a5fe916b3ac26fc2439bebed7c"
        + "0aae970bb17122556fa8c2f308183c5b703710434cf47772f7f8bf2ff011bf2a38efcc5ecd0c0e31795653c2109cef7d"
        + "e9ae19387c63b5b8ce616d51b1161cb1925d1bfa6f1aa312649fc90da5cf0bf027c9a19ef469bc84d707015c4911b81a"
        + "4dfd22438dadc7df5ca04888e271937e"
    static let pssMax =
        "501702d0f12d55cb95d17c89b0fc0c05278064371ed04f29f0c1bd107de60dd3a1a5a16c68168bcc2d7214159c2eccdf"
        + "aeab5eef3fd321b7df784323688262f2aca5aa97a78bfc43b22f54d56aaba05ac56663d2fbfc637a5faf38d1ce676a18"
        + "9fdffb960ee65c2286d29cf832d30023cd7be544f5c16ec14ec2ee523514c1baade212993dc20bad0a389e36435eaa91"
        + "65919c874335e365316dbd0393e13ed00f34bb64182114e8c002b0626b14c4b2c443764476c7e78bb702e06d3b619bd5"
        + "529091850187a8720e25fb5a76d35f2fcb4d1192bd782a30c27615e129f9bdc42c383e846f868f8229f21d86879a0a3c"
        + "55486a97805b8ab79ac633c4fc4c7b7a"
    static let pss32 =
        "4f4ee5f35a68d5e4a1bbee5a541499475e5c95a615b41097706c32801926ddcbe85d49e59a6cef612f8606dab00638ca"
        + "066e5c8cbd73839fa84fbd0772575bb25646761919b857892b9167ca1126e8eed10a8cc2b624e05bf22d29a977cdda42"
        + "ffa13c37706db6f04a46ab8d13910c59338d8b4e196adf934a2020586da64e999af3ad14f09bf03ad93cd1e98990a6c2"
        + "7c847a3f74bdbf77e00e3593f7f79668ecadedcb77fceb9026243adb3d4298fe407b3fdb43d75353c0c902e88d923a8f"
        + "a9201b540d17d10c795050f059200fb57c9b71db8f2e32c84f0c5b8d362ee74e85385902fca0ae6ddf3e36681cd45d24"
        + "dcd58e223b7858bbb96f2212ed60b21a"
    static let pss0 =
        "95200be0b57c42b7531391071d8ea8a288ba660c9f8f9c7e1e0f6150f1c689c3687fea8986d6ba61dd5e0fce2eaac2b4"
        + "466f719c8626c69320c3793d08a17e6465fd7ae7c256fda4e6ef124df91485106c5ae86cf23ddd988167efa2d6d20c93"
        + "dd60ceb50d357c502f0d67b6f32aa7a1863ef737097c745cc418b500104946a8377ad76b756ff5ba5040086628430a7c"
        + "11baf6542d4a19dcf6116c5a0c9d323c62a4b2a58388f5a959475baf33f9c6318d2dbbebb345996fe6a421abc9a99936"
        + "0596db2c9a715b529b1b639760793aff2dee564d1fa2fec96470502ede3c9bf01ccc4b6ede8c37bfd65a648bf67327b5"
        + "10fd169155bae91a30e6000adf44313c"
    static let pss7 =
        "545865dabfa14c773ffdf1ac5e9c3cd87a0919941664c47e3b57406ae0ab550a87bb3fc87a674b9b1d9330727567a1b7"
        + "c3101e15d2f9e00221505a60979fe941783e5ea5c18d676335ceb9921dde6b0bbc42a1938d0efdb668a5aee3649354f0"
        + "4a2d0c66979777b3314f02efc4aaa6075f3e54bd7eff45203221c7a1df4e40e571d930e5ec9235fccf10d6642ff78080"
        + "ea036d4f1495e7df46eccb7d9a44d0e122360aea27abf9e8384b497e7f880926e9ab9029092b1248ab1ef3bf35f57db9"
        + "3f1e852041f7ec924bd5b71f0f1f85f4195961a595e607de23bad241bcefe17ed181bdf26d214f7af18562cfee95cfd0"
        + "efefa2bc208c3b243974212525e5f6cd"
    static let pssMGF1SHA512 =
        "56b83ef96b7f2ca28f3f7326a8920628d2d37298e4b9184293cbf9b54b7ba2347e70eb0880611930ed8b41bbc7188981"
        + "26b8bc151c4b13ca2a3e8231ea2023ceac7b598684cbe7ead6fc63720c15f3c8294fd9381e03f3fda2cff4f1d7711e32"
        + "3e17734a27f848109d7b36717bec117b60733ce0dbe67858731ca0b308653659364c809aa4b9d3b7824b21c89bf2c8c6"
        + "d8fa9a18b283cae8d160ca623d9c2fcdf78d0353e84ab1573e3e1987816b829d75caf9e2993d3b4cb8042fc9b6ec2820"
        + "5c99e22b77110ab933e6cf11c99272c3fc1d9d853551d8e6e23d0924f1f5d5a38f498138dd615b87c1910b34b8d79890"
        + "4927325c8b77fdef17f158818179251c"
    static let p256 =
        "3046022100adb2fb7aebc73dfa02732a5957365d77d63ac08a5f541a9c88b05ebfcca09ef60221008a48d58f34dd93c7"
        + "0aa30c5c5074196239b610784285f0989f2420b2f27dc9ae"
    static let rsa1024pkcs1 =
        "24ed0ff5b8d0e6013a77b2ff64b8f62883a3f17168c36d16ab5b4f507fb9fba26a971ee78dbe47abb1d29b441bcbfde3"
        + "d9f7da59df8a30a8f2e6f8963a92a161bfe3a3d96381a5713a902dfc80814d2f7c609795b73a67e2d0fa7ac128812556"
        + "a2f090959b9bd1e1998fe470e48b2af9729f05895193520ca22a4c9c7f0fd556"

    /// RSA signatures whose padding a lenient verifier takes.
    static let badPaddings: [(what: String, hex: String)] = [
        (
            "short padding, garbage behind the digest",
            "31daeff2f9873db877b90729115b7e241a44d84e54c019d7522374513a2f49e72ea6d8347aee0de8609c8cfdc27eb04c"
                + "b22ac881f5fd9c84be1df3b2901b12c7ea5b3ad766efcbe82df9b8b6ac359ca8ddb098e2fea1126facfe175fa78f95de"
                + "b0f1449af55d6ffaa35a1059c6dbf4dc3d873b9e1b6e34dd549c63f33529a2b2b48c5c4186bcae2adcb6c085001b6d64"
                + "c4c2d674459e557663cab16a506fa0dd4397f2180dcef7bdfeef7e10ce67e457e7f480fa6e125f87eabfe808c60e7854"
                + "97b8ef7c01c658b2bd27a0e74f503b9f4056b874ed18961edc2e2bb76b0ea277a8bac0ae17ba5cc5cd258c508787d9fe"
                + "55ffaf4f5e8076a588eab0c92515c4f5"
        ),
        (
            "padding bytes that are not FF",
            "5e016984703ee8524fabd3afca827ec40b40fc3953a4604b7de85f824eea55020a21f6ea59e25a0d0e186ac26e37d3ed"
                + "3165951deeb1ce0e5c24452afd8e1c0900b98d94126918b0ba09188253d9fa3b1f31dd5d24dc5dc6807ee3824e7de2e8"
                + "38d9dc55ff79f26723dd129e7e4b4f6e1ba7dfa3ee3f98bb17bb058ecb4b2c5d3e454651b1eeec3cf99093e1a44d4451"
                + "4434bb24f73462ed8b2617104aa55d8ba5a1e5950d6d0abdc2fa0a46d6b440388565d65496b9f9a494072ee60d3cd8c4"
                + "e9d71d74576b4f50256292d2a1a5692d2e7225a87a1038539bf1d935b668e320a040a13da201466be7523d8ccaac126b"
                + "d8ced2b53ef636e072d9767ff750b1f4"
        ),
        (
            "block type 2",
            "0075f465c394646a5b1db3b7cbc9891aa050a510ffac330aa7fac4db6a06a7db4cf52bafd065e3ea65e74369141bc14d"
                + "1f5fd0358a545b5d1180784f63f748b2438fe4c8d615b2d6262aedc8f12d699d534b64708bf561045aec17a9091d817a"
                + "36334f3a71565b9100994f04b45c2aab756f6954443723f09b48c2d67d84b308c03da60d15327ca9c6f4a1c65818c362"
                + "3e2cc49e9a4fa9e0a9509d0e0b55092e7b9677c2a9af0fd97940c8b1dda2bc33f12dcb84a639c23b20ca7e8c7c7e2a5e"
                + "12c281711f3d995ef3e6666dd5b4b9b800b343496e19d2139e3d0feeeac0787cba65e51e876b58bfb390b05b910d887e"
                + "6c4cabdfecf015c43b5d3f445ac794f8"
        ),
        (
            "algorithm without NULL parameters",
            "60925da06ef54b1694d2edb1465de3a092f711856d99c5a496942a1aa31e4f6bc5771157e0ae0b6512ecf508f6f3200f"
                + "e38cdf7808a0edbea7c2cedc2fff546719efefd1fcbf5cf9ff3944e8c6efc29cae6dcba1b60040c8efa631e7cd093e50"
                + "eacd67be668119d58c6eb8ae2372feb653a2f68a4700b8e5b09b9366dd74a50fe9bb465ad6e42a06266f7f4af45f0518"
                + "2dafaaf6cb25ad5bb1b759df8c3d517988dce0b4b8a967b2e59d95b5692d7ca39708a262264805480571c31045efc288"
                + "407a5a419f53082f95c4e24063313fc8a7b2aba993298ff36611e41b3ef14b5fc9166585bda47c6f97a1337d00a85172"
                + "3c0e5d64dcd1e424bf9ce0f323c607c5"
        ),
        (
            "digest info in BER",
            "15d8a4ed206dfb18d69e01b2d9ae08cd0cd4daa92f67e668b4e740061c65c4395a6f93308eabddeb3b6e4e7db2eb8124"
                + "5ab1dff5c49fbd4d0a2660c8cbdd2631861f4ab286091020a20abf7776e5048f9156527854f1468bd85f7d4c4bdfefb1"
                + "a8650b22d95278a55c3ab7d5909e21079acbad669291fd5cca90634c6f05af1a30e685aa498bf0ed1663b484e6748da5"
                + "7e718477bcf9cbbd1d490ca5ba6cffa45cdb5e6f789d2cf22579d1d75e4794858db08a3d12cebd6761eae09e4ece03ff"
                + "59ba1d8e1d9874beae3c2ed1326f995e62a26b76fd356fd3e030e7899b66bbb60c2fa0633275b40e93d0369f3c42c5df"
                + "08864b46d6fec99b6b5e7999eef84668"
        ),
        (
            "parameters that hold garbage",
            "1c0a73a6a75d9b3e0ebe1356a83164d8ad83f37f79380623fb81da82d42a7522478a495ec717ce1dd7a914fa146a476a"
                + "8ade07f45e25f2cc0629ba2785ad08df89854d96d630d9f12838d6c30ed15ac271c671f71a2072206950650da3be6c8f"
                + "7c4f9580e4c1456846348386b5f779f8d3adf41e3342d9355a6b8891313bf7b5a8f59137feda34075509a320248248c2"
                + "51d3e5d1ced5e42cda20d616736c6892fda84cdb24241067130c647379f0b74f899cb2c60ca5d1e81cc9a9a3c0ef6265"
                + "a3175f1a48d8d8dfff6e189486c7943a4cce7952bab23d754722266ca8ce56ffd9da50782532dc84856f8acd782fe145"
                + "85f4aa6239ec1a63c684af2f42b4916e"
        ),
        (
            "another hash named",
            "9702088b9b687e861fd9a0379e78ee7a13221d713f665d09d56bee54c8c9755990af8c75337be6ec54fbbd2e92285554"
                + "13add2caff47e0343eeab6005ab1fbdc88110beec82118cd87a4cfbf4971d26bea27df3972850778117936d51ec37929"
                + "f2d9c58c822227cbf83a6434226a6bc0eca769f319b91f0d5a4d278a6a265ff870d4be2a4588088986dcd696d8548d9f"
                + "ba44cfb28430091cbac596e674ca84b2801b1460d3d374b34deac9c52af4604c5f42121e37e218de3effd5855a0bfd65"
                + "fae8da240f26ce5f574d1d1fd128bcef99ecf08db3c2aa8e03366c103bbb790f853bff60db19d606de51edf7c6fe8d7a"
                + "1fcdebcc029b4ca47553c894dc8f0c5b"
        ),
        (
            "bare digest",
            "09aa4ad9657a9fb4b2d3f9f4f759732e4eab0f03c95acc0ff86d53383f029071ada7857f8b695693c61a12a3d7473f75"
                + "0c0e632c43257e88761cd611715b9bc5ab9ba9a6fde5fc2ada24f48189fff0a10eac6d69ff5ef13da54049baf53cda7f"
                + "56638ba138ec5bc52c5c01d9ef444c7f1308dc5408c5d89ecad4c746ab8b4c93d6599e11eb705871ce8ad0d9c925ae1d"
                + "ea3b64e7365bb53ae190395ac316507b0ad39efc45d0c12fc2bff66c1a6db2000e77fdc676a4e6792bbad47210aeda17"
                + "aa594f6cb56b3571673ca0362cf3f8da44777b312534b9e7f6d768a813f9f80abf53ec57258cd91d6a4817d60a0fd73e"
                + "730bc159c9f1e32271f738246294a4f8"
        ),
    ]
}
