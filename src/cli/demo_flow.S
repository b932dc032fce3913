/* demo_flow.S - the sample firm's flow, inside the program. */
    .section .rodata
    .global demo_flow
    .global demo_flow_end
demo_flow:
    .incbin "demo.json"
demo_flow_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
