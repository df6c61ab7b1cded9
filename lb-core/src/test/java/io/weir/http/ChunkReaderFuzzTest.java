package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import io.weir.http.ReferenceChunkDecoder.Decoded;
import java.util.Arrays;
import java.util.Random;

class ChunkReaderFuzzTest {
    /** The first byte decides how the others are cut into pieces. */
    @FuzzTest(maxDuration = "60s")
    void readsWhatTheReferenceReads(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] input = Arrays.copyOfRange(data, 1, data.length);
        Decoded expected = ReferenceChunkDecoder.decode(input);
        ChunkReader reader = new ChunkReader();
        assertThat(ChunkFeed.read(reader, input, left -> left, Unpooled::buffer)).isEqualTo(expected);
        reader.reset();
        Random random = new Random(data[0]);
        int most = 1 + (data[0] & 0x7f);
        assertThat(ChunkFeed.read(reader, input, left -> Math.min(left, 1 + random.nextInt(most)), Unpooled::directBuffer)).isEqualTo(expected);
    }
}
