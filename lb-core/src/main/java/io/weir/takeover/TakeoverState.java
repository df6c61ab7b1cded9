package io.weir.takeover;

/** What a process knows that the one which takes its place would have to learn anew. It is carried as it is. */
public interface TakeoverState {
    /** Nothing is known, and nothing is learnt. */
    TakeoverState NONE = new TakeoverState() {
        @Override
        public byte[] give() {
            return new byte[0];
        }

        @Override
        public void take(byte[] known) {}
    };

    /** The most that is carried, in bytes; what is larger is left out. */
    int MOST = 64 * 1024 * 1024;

    /** What is known now. On a thread that may wait. */
    byte[] give();

    /** What another process, perhaps of another version, has given; empty if it knew nothing. Before any connection is accepted. */
    void take(byte[] known);
}
