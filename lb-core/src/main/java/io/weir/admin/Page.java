package io.weir.admin;

/** One page of the API. Called on a thread that may wait, several at once. */
@FunctionalInterface
interface Page {
    Reply answer(PageRequest request) throws RefusedException;
}
